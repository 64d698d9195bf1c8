#include <math.h>

#include "native.h"

/* A NaN wins, whichever of the two it is. */
#define LARGER(a, b) ((a) > (b) || (a) != (a) ? (a) : (b))
#define SMALLER(a, b) ((a) < (b) || (a) != (a) ? (a) : (b))
#define SUM_OF(a, b) ((a) + (b))

/* What is picked stays what it is, sums may become means. */
#define HAND_ON(TYPE, w, target, y, at, values, n) PICK_OUTPUTS(w, (TYPE *)(target)->to + (y) * (target)->pitch + (at), values, n)

#define NAME maximum
#define COMBINE LARGER
#define SOURCE u8
#define RESULT u8
#define START 0
#include "reduce.h"
#undef SOURCE
#undef RESULT
#define SOURCE u16
#define RESULT u16
#include "reduce.h"
#undef SOURCE
#undef RESULT
#undef START
#define SOURCE i16
#define RESULT i16
#define START INT16_MIN
#include "reduce.h"
#undef SOURCE
#undef RESULT
#undef START
#define SOURCE f32
#define RESULT f32
#define START -INFINITY
#include "reduce.h"

#undef NAME
#undef COMBINE
#undef START
#define NAME minimum
#define COMBINE SMALLER
#define START INFINITY
#include "reduce.h"
#undef SOURCE
#undef RESULT
#undef START
#define SOURCE u8
#define RESULT u8
#define START UINT8_MAX
#include "reduce.h"
#undef SOURCE
#undef RESULT
#undef START
#define SOURCE u16
#define RESULT u16
#define START UINT16_MAX
#include "reduce.h"
#undef SOURCE
#undef RESULT
#undef START
#define SOURCE i16
#define RESULT i16
#define START INT16_MAX
#include "reduce.h"

#undef NAME
#undef COMBINE
#undef START
#undef RESULT
#undef HAND_ON
#define HAND_ON PUT_TOTAL
#define NAME total
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
