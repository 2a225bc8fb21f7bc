"""Prints for people: reports, exams and problems as text in a terminal."""
