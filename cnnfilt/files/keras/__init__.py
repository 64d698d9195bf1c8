"""Files of Keras 3, .keras: a .zip whose config.json says the layers. The weights beside it are not read."""
