// The element-wise half of a GRU step; gru.py does the products. Arrays are dense, rows first; `bf16` is the upper half of a float.
#include <math.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t bf16;

static inline bf16 narrow(float x) {
  uint32_t u;
  memcpy(&u, &x, 4);
  return (u + 0x7fff + ((u >> 16) & 1)) >> 16;
}

static inline float wide(bf16 x) {
  uint32_t u = (uint32_t)x << 16;
  float f;
  memcpy(&f, &u, 4);
  return f;
}

// Far from 0 the functions below are flat, and fast arithmetic has no infinity.
static inline float within(float x) { return x > 30 ? 30 : x < -30 ? -30 : x; }

// fed: input products and bias (batch, 3 units), s: state products; gates r and z, what the reset gate weighs, tanh's result, the new state.
void step(int batch, int units, const bf16 *restrict fed, const bf16 *restrict s, const float *restrict b, const float *restrict before,
          float *restrict gates, float *restrict inner, float *restrict news, float *restrict state, bf16 *restrict short_state) {
  for (int i = 0; i < batch; i++) {
    const bf16 *f = fed + i * 3 * units, *p = s + i * 3 * units;
    float *g = gates + i * 2 * units;
    for (int j = 0; j < 2 * units; j++) g[j] = 1 / (1 + expf(-within(wide(f[j]) + wide(p[j]) + b[j])));
    for (int j = 0; j < units; j++) {
      int k = i * units + j;
      inner[k] = wide(p[2 * units + j]) + b[3 * units + j];
      float n = 1 - 2 / (expf(2 * within(wide(f[2 * units + j]) + b[2 * units + j] + g[j] * inner[k])) + 1);
      news[k] = n;
      state[k] = n + g[units + j] * (before[k] - n);
      short_state[k] = narrow(state[k]);
    }
  }
}

// dh: what later steps sent back beside `product`; left as what goes on beside the next product. Bias gradients are added up.
void step_back(int batch, int units, const float *restrict grad, const bf16 *restrict product, const float *restrict before,
               const float *restrict gates, const float *restrict inner, const float *restrict news, float *restrict dh,
               bf16 *restrict input_side, bf16 *restrict state_side, float *restrict b_in, float *restrict b_state) {
  for (int i = 0; i < batch; i++) {
    const float *r = gates + i * 2 * units, *z = r + units;
    bf16 *in = input_side + i * 3 * units, *st = state_side + i * 3 * units;
    for (int j = 0; j < units; j++) {
      int k = i * units + j;
      float d = dh[k] + grad[k] + wide(product[k]);
      float dn = d * (1 - z[j]) * (1 - news[k] * news[k]);
      float dr = dn * inner[k] * r[j] * (1 - r[j]), dz = d * (before[k] - news[k]) * z[j] * (1 - z[j]);
      in[j] = st[j] = narrow(dr);
      in[units + j] = st[units + j] = narrow(dz);
      in[2 * units + j] = narrow(dn);
      st[2 * units + j] = narrow(dn * r[j]);
      b_in[j] += dr;
      b_in[units + j] += dz;
      b_in[2 * units + j] += dn;
      b_state[2 * units + j] += dn * r[j];
      dh[k] = d * z[j];
    }
  }
}
