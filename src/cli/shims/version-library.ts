/**
 * The version that the library reports, as MMmmrr: 7.94 (west passes `-nogui` from 6.80 on and a loader's name from
 * 7.70d on; sources: west's jlink runner).
 */
export const DLL_VERSION = 79400;

/** The whole library: the one call by which west's runner, through pylink, asks for the version. */
export const VERSION_LIBRARY = `/* Flashproof's stand-in for J-Link's library: it tells a version, and nothing else. */
int JLINKARM_GetDLLVersion(void);
int JLINKARM_GetDLLVersion(void) { return ${DLL_VERSION}; }
`;
