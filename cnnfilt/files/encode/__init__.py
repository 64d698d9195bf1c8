"""From arrays to the bytes of an image file: `encoders` finds the module that the format's row names.

Each has `encode`, those of animations `animation_arguments` too, and that of pages `joined_pages`.
"""
