"""Learning platforms as they are stored: registrations, the courses that belong to classes, scores to send."""
