"""What can be learned from one image and its results: explanations, thumbnails, all that a script needs."""
