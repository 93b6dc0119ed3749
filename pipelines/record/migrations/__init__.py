"""How the tables of the register store came to be, step by step: run by the store itself when it is first opened."""
