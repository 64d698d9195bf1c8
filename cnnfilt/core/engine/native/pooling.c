#include <math.h>

#include "native.h"

#define LOOPS "extreme.h"
#include "extremes.h"

#define SOURCE i16
#define SUM i32
#include "total.h"
#undef SOURCE
#define SOURCE u16
#include "total.h"
#undef SOURCE
#define SOURCE u8
#include "total.h"
#undef SUM
#define SUM u16
#define PAIRS
#include "total.h"
