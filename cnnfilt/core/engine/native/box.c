#include "native.h"

#define SOURCE u8
#define SUM u16
#include "box.h"
#undef SUM
#define SUM u32
#include "box.h"
#undef SOURCE
#define SOURCE u16
#include "box.h"
