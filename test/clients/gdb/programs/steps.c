/* A thousand steps and more without any peripheral: what two cores have to do alike, instruction by instruction. */
typedef unsigned int u32;
typedef unsigned long long u64;

#define CPACR (*(volatile u32 *)0xE000ED88)
#define ROUNDS 8

static u32 words[ROUNDS];
static float floats[ROUNDS];
static const char text[] = "one board, two judges";
volatile u32 result;
volatile float fraction;

static u32 crc(const char *at) {
  u32 crc = ~0u;
  while (*at) {
    crc ^= (unsigned char)*at++;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
  }
  return ~crc;
}

static u32 mix(u32 a, u32 b) {
  u64 product = (u64)a * b + 0x9E3779B97F4A7C15ull;
  u32 high = (u32)(product >> 32), low = (u32)product;
  u32 quotient = high / (b | 1), rest = (u32)((int)low % (int)(a | 3));
  __asm__("rbit %0, %0\n\tssat %0, #20, %0" : "+r"(rest));
  return quotient ^ (low << 7 | low >> 25) ^ rest ^ (high & 0xFF00FF00u) ^ (low >> 3 & 0x1F) ^ __builtin_clz(low | 1);
}

static void sort(u32 *values) {
  for (int i = 1; i < ROUNDS; i++)
    for (int j = i; j > 0 && values[j - 1] > values[j]; j--) {
      u32 swap = values[j];
      values[j] = values[j - 1];
      values[j - 1] = swap;
    }
}

static float root(float square) {
  float guess = square * 0.5f + 1.0f;
  for (int i = 0; i < 4; i++) guess = 0.5f * (guess + square / guess);
  return guess;
}

int main(void) {
  u32 seed = 0x12345678;
  for (;;) {
    for (int i = 0; i < ROUNDS; i++) {
      seed = mix(seed, seed ^ 0xA5A5A5A5u);
      words[i] = seed;
      floats[i] = root((float)(seed & 0xFFFF)) - (float)(int)seed;
    }
    sort(words);
    for (int i = 0; i < ROUNDS; i++) fraction += floats[i] * 0.001f;
    result += words[0] ^ crc(text);
    seed += result;
  }
}

/* No vectors: whoever runs it sets stack pointer and program counter. */
__attribute__((naked, section(".start"))) void start(void) {
  __asm__("ldr r0, =0xE000ED88\n\tldr r1, =0x00F00000\n\tstr r1, [r0]\n\tdsb\n\tisb\n\tb main\n\t.ltorg");
}
