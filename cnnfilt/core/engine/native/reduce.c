#include <math.h>

#include "native.h"

#define SUM_OF(a, b) ((a) + (b))

#define NAME maximum
#define COMBINE LARGER
#define VALUE u8
#define START 0
#include "extreme.h"
#undef VALUE
#undef START
#define VALUE u16
#define START 0
#include "extreme.h"
#undef VALUE
#undef START
#define VALUE i16
#define START INT16_MIN
#include "extreme.h"
#undef VALUE
#undef START
#define VALUE f32
#define START -INFINITY
#include "extreme.h"
#undef VALUE
#undef START
#undef NAME
#undef COMBINE

#define NAME minimum
#define COMBINE SMALLER
#define VALUE u8
#define START UINT8_MAX
#include "extreme.h"
#undef VALUE
#undef START
#define VALUE u16
#define START UINT16_MAX
#include "extreme.h"
#undef VALUE
#undef START
#define VALUE i16
#define START INT16_MAX
#include "extreme.h"
#undef VALUE
#undef START
#define VALUE f32
#define START INFINITY
#include "extreme.h"
#undef VALUE
#undef START
#undef NAME
#undef COMBINE

/* Sums may become means. */
#define NAME total
#define SOURCE i16
#define COMBINE SUM_OF
#define START 0
#define RESULT i32
#include "reduce.h"
#undef SOURCE
#define SOURCE u16
#include "reduce.h"
#undef SOURCE
#define SOURCE u8
#include "reduce.h"
#undef RESULT
#define RESULT u16
#include "reduce.h"
