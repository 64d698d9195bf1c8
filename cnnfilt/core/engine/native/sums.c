#include "native.h"

/* 16 bits are computed in 32 and cut: then nothing is signed that could pass its range. */
#define PAIR(a, b) ((a) + (b))
#define SOURCE u8
#define SUM i16
#define WORK u32
#include "sums.h"
#undef SUM
#define SUM i32
#include "sums.h"
#undef SOURCE
#define SOURCE u16
#include "sums.h"
#undef SOURCE
#define SOURCE i16
#include "sums.h"
#undef SUM
#undef WORK
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
#include "sums.h"
