#include <math.h>

#include "native.h"

#define NAME maximum
#define COMBINE LARGER
#define VALUE u8
#define START 0
#include "runs.h"
#undef VALUE
#undef START
#define VALUE u16
#define START 0
#include "runs.h"
#undef VALUE
#undef START
#define VALUE i16
#define START INT16_MIN
#include "runs.h"
#undef VALUE
#undef START
#define VALUE f32
#define START -INFINITY
#include "runs.h"
#undef VALUE
#undef START
#undef NAME
#undef COMBINE

#define NAME minimum
#define COMBINE SMALLER
#define VALUE u8
#define START UINT8_MAX
#include "runs.h"
#undef VALUE
#undef START
#define VALUE u16
#define START UINT16_MAX
#include "runs.h"
#undef VALUE
#undef START
#define VALUE i16
#define START INT16_MAX
#include "runs.h"
#undef VALUE
#undef START
#define VALUE f32
#define START INFINITY
#include "runs.h"
