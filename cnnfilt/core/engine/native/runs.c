#include <math.h>

#include "native.h"

#define LOOPS "runs.h"
#include "extremes.h"
