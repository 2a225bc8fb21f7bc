"""The JSON API, one module a subject: submissions, problems, rejudges, events, health."""
