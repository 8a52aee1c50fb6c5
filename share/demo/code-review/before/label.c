#include <stdio.h>

int label(char *out, unsigned size, int order) { return snprintf(out, size, "#%06d", order); }
