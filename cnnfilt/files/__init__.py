"""Images and matrices, in and out, without loss; the one home of Pillow."""
