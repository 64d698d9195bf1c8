#include <math.h>

#include "native.h"

/* 16 bits are computed in 32 and cut: then nothing is signed that could pass its range. */
#define PAIR(a, b) ((a) + (b))
#define SOURCE u8
#define SUM i16
#define WORK u32
#define LENGTH(a, b) sqrtf((f32)((u32)((a) * (a)) + (u32)((b) * (b))))
#include "sums.h"
#undef SUM
#undef LENGTH
#define SUM i32
#define LENGTH(a, b) (f32)sqrt((double)(int64_t)((uint64_t)((int64_t)(a) * (a)) + (uint64_t)((int64_t)(b) * (b))))
#include "sums.h"
#undef SOURCE
#define SOURCE u16
#include "sums.h"
#undef SOURCE
#define SOURCE i16
#include "sums.h"
#undef SUM
#undef WORK
#undef LENGTH
#define SUM f32
#define WORK f32
#include "sums.h"
#undef SOURCE
#define SOURCE u8
#include "sums.h"
#undef SOURCE
#define SOURCE u16
#include "sums.h"
#undef SOURCE
#define SOURCE f32
#define AS_IT_IS
#include "sums.h"
