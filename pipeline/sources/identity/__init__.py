"""When two records are one publication, when two publications report one study, and what a person decided."""
