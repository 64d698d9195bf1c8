"""What happens to one image: each command as a description that can be carried to any image, or another process."""
