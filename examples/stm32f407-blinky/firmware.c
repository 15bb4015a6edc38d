/*
 * Firmware for the STM32F407 and its kin: runs the core at 84 MHz from the crystal, says so on USART2 (PA2, 115200 baud),
 * toggles PD12 (the green LED of ST's Discovery board) by SysTick, and says each toggle.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
typedef unsigned int u32;

#define REG(address) (*(volatile u32 *)(address))

#define RCC_CR REG(0x40023800)
#define RCC_PLLCFGR REG(0x40023804)
#define RCC_CFGR REG(0x40023808)
#define RCC_AHB1ENR REG(0x40023830)
#define RCC_APB1ENR REG(0x40023840)
#define FLASH_ACR REG(0x40023C00)
#define GPIOA_MODER REG(0x40020000)
#define GPIOA_AFRL REG(0x40020020)
#define GPIOD_MODER REG(0x40020C00)
#define GPIOD_BSRR REG(0x40020C18)
#define USART2_SR REG(0x40004400)
#define USART2_DR REG(0x40004404)
#define USART2_BRR REG(0x40004408)
#define USART2_CR1 REG(0x4000440C)
#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)

#define CORE_HZ 84000000u
#define BAUD 115200u

static volatile u32 ticks;

/* 8 MHz crystal / 8 * 336 / 4; APB1 at half of it, five wait states, caches on. */
static void clock_up(void) {
  RCC_CR |= 1u << 16;
  while (!(RCC_CR & 1u << 17)) {
  }
  RCC_PLLCFGR = 8u | 336u << 6 | 1u << 16 | 1u << 22 | 7u << 24;
  RCC_CR |= 1u << 24;
  while (!(RCC_CR & 1u << 25)) {
  }
  FLASH_ACR = 5u | 1u << 8 | 1u << 9 | 1u << 10;
  RCC_CFGR = 4u << 10;
  RCC_CFGR |= 2u;
  while ((RCC_CFGR & 0xCu) != 8u) {
  }
}

static void pins_up(void) {
  RCC_AHB1ENR |= 1u << 0 | 1u << 3;
  RCC_APB1ENR |= 1u << 17;
  GPIOA_MODER = (GPIOA_MODER & ~(3u << 4)) | 2u << 4;
  GPIOA_AFRL = (GPIOA_AFRL & ~(15u << 8)) | 7u << 8;
  GPIOD_MODER = (GPIOD_MODER & ~(3u << 24)) | 1u << 24;
  USART2_BRR = (CORE_HZ / 2 + BAUD / 2) / BAUD;
  USART2_CR1 = 1u << 13 | 1u << 3;
}

static void say(const char *text) {
  while (*text) {
    while (!(USART2_SR & 1u << 7)) {
    }
    USART2_DR = (unsigned char)*text++;
  }
}

void tick(void) { ticks++; }

__attribute__((noreturn)) static void run(void) {
  u32 last = 0;

  clock_up();
  pins_up();
  say("STM32F407 blinky: hello\r\n");
  SYST_RVR = CORE_HZ / 10 - 1;
  SYST_CSR = 7;
  for (;;) {
    __asm__ volatile("wfi");
    if (ticks == last) continue;
    last = ticks;
    GPIOD_BSRR = last & 1 ? 1u << 12 : 1u << 28;
    say(last & 1 ? "on\r\n" : "off\r\n");
  }
}

extern u32 zero_from[], zero_to[];

__attribute__((noreturn)) void reset(void) {
  for (u32 *at = zero_from; at < zero_to; at++) *at = 0;
  run();
}

__attribute__((noreturn)) static void stop(void) {
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    (void *)0x20020000, (void *)reset, (void *)stop, (void *)stop, (void *)stop, (void *)stop, (void *)stop, 0,
    0, 0, 0, (void *)stop, 0, 0, (void *)stop, (void *)tick,
};
