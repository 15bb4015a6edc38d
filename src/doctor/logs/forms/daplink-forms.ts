import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines of FAIL.TXT, in which a DAPLink says on its own drive why a file that was dropped there was not programmed. */
export const DAPLINK_FORMS: readonly LineForm[] = formsFrom(
  "daplink",
  "github.com/ARMmbed/DAPLink, source/daplink/error.c: texts of FAIL.TXT",
  [
    ["halt-failed", /^The interface firmware FAILED to reset\/halt the target MCU/],
    [
      "loader-failed",
      /^The interface firmware FAILED to (?:download the flash (?:programming algorithms|data contents)|(?:un)?initialize the target MCU)/,
    ],
    ["loader-missing", /^The flash algo missing for a region/],
    ["mass-erase-failed", /^The interface firmware FAILED to unlock the target for programming/],
    ["failed-unexplained", /^The interface firmware ABORTED programming\. Image is trying to set security bits/],
    ["erase-failed", /^Flash algorithm erase (?:sector|all) command FAILURE/],
    ["write-failed", /^Flash algorithm write command FAILURE/],
    ["verify-failed", /^Flash algorithm write verify command FAILURE/],
    [
      "file-invalid",
      /^The (?:hex file (?:cannot be (?:decoded|programmed)|you dropped isn't compatible|offset load address is not correct)|application file format is unknown|starting address for the (?:bootloader|interface) update is wrong)/,
    ],
    ["timed-out", /^(?:The transfer timed out|Transfer timed out)/i],
    [
      "failed-unexplained",
      /^(?:Error during the transfer|Possible mismatch between file size and size programmed|File sent out of order by PC)/,
    ],
    ["chatter", /^type: (?:target|interface|transient|user|internal)\b/],
  ],
);
