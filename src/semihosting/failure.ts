/** Values of `errno` that SYS_ERRNO answers, as newlib numbers them for Arm. */
export const ERRNO = {
  ENOENT: 2,
  EIO: 5,
  EBADF: 9,
  EACCES: 13,
  EFAULT: 14,
  EEXIST: 17,
  EXDEV: 18,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  EMFILE: 24,
  ENOSPC: 28,
  EROFS: 30,
  ENAMETOOLONG: 91,
  ENOSYS: 88,
} as const;

/** An operation that fails: the firmware gets -1 or another `answer`, and this `errno` from SYS_ERRNO. */
export class SemihostingFailure extends Error {
  readonly errno: number;
  readonly answer: number;

  constructor(errno: number, message: string, answer = -1) {
    super(message);
    this.errno = errno;
    this.answer = answer;
  }
}
