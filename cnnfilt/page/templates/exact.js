/* Sums of products in whole numbers alone: every number of a run is a whole number times a power of two, so that sums
   are exact, and rounded once, when they are written down. */

/** Return [whole, power] so that a finite number is whole * 2 ** power. */
function inWhole(value) {
  if (typeof value === "bigint") return [value, 0];
  if (Number.isSafeInteger(value)) return [BigInt(value), 0];
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0), power = Number((bits >> 52n) & 0x7ffn), fraction = bits & 0xfffffffffffffn;
  const whole = power ? fraction | 0x10000000000000n : fraction;
  return [value < 0 ? -whole : whole, (power || 1) - 1075];
}

/** Return the sum of value * weight over pairs of them: exact where it is whole, else the number nearest to it. */
function exactSum(pairs) {
  const odd = pairs.filter((pair) => pair.some((one) => typeof one === "number" && !Number.isFinite(one)));
  if (odd.length) return odd.reduce((sum, [value, weight]) => sum + Number(value) * Number(weight), 0);
  const terms = pairs.map(([value, weight]) => {
    const [one, power] = inWhole(value), [other, more] = inWhole(weight);
    return [one * other, power + more];
  }).filter(([whole]) => whole);
  if (!terms.length) return 0;
  const lowest = terms.reduce((least, [, power]) => Math.min(least, power), Infinity);
  let sum = 0n;
  for (const [whole, power] of terms) sum += whole << BigInt(power - lowest);
  return scaledBack(sum, lowest);
}

/** Return whole * 2 ** power as a number; as a whole one without a limit where it is too large for others. */
function scaledBack(whole, power) {
  if (power >= 0) {
    const exact = whole << BigInt(power), rounded = Number(exact);
    return Number.isSafeInteger(rounded) ? rounded : exact;
  }
  // In two steps: powers of two beyond the range of numbers are no numbers.
  const half = Math.trunc(power / 2);
  return Number(whole) * 2 ** half * 2 ** (power - half);
}
