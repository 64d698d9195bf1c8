"""The same run as a script for another library; one module for each, and what they share."""
