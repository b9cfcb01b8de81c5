"""Convolution: how kernels move over images, and sums of products over places, with derived bounds."""
