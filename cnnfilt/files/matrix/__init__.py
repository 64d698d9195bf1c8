"""Matrices as text, JSON, .npy and .npz."""
