"""Matrices as text, JSON, .npy and .npz: `matrices` finds the module that the format's row names."""
