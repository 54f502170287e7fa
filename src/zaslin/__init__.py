"""zaslin: what would a small coalition of Ukraine's neighbours achieve, and answer for? The front door."""
__version__ = "0.1.0"
