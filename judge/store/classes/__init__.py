"""Classes as they are stored: members, assignments, and what a gradebook is made of."""
