"""Which file an ``#include`` means, and which headers a file reaches."""
