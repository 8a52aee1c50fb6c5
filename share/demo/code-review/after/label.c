#include <stdio.h>
#include <string.h>

int label(char *out, unsigned size, int order) { return snprintf(out, size, "#%06d", order); }

void address(char *out, const char *street) {
  char line[64];
  strcpy(line, street);
  strcat(out, line);
}
