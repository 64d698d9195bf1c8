#include "native.h"

#define LOOPS "network.h"
#include "each_value.h"

/* 16 counts are one vector. A compiler that writes such a short loop out may not see that any more. */
#if defined(__GNUC__) && !defined(__clang__)
#define EACH_BIN(i) _Pragma("GCC unroll 1") for (int i = 0; i < 16; i++)
#else
#define EACH_BIN(i) for (int i = 0; i < 16; i++)
#endif

#define COUNT u16
#include "median.h"
#undef COUNT
#define COUNT u32
#include "median.h"
#undef COUNT

#define VALUE u8
#define BITS 8
#include "huang.h"
#undef VALUE
#undef BITS
#define VALUE u16
#define BITS 16
#include "huang.h"
