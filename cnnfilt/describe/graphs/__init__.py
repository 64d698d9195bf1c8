"""Networks as model files hold them: nodes with names, joined by the values they make and take."""
