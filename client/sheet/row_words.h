// Words by which rows of a sheet show that they are no data. Pure and thread-safe.
#ifndef GI_CLIENT_SHEET_ROW_WORDS_H_
#define GI_CLIENT_SHEET_ROW_WORDS_H_

#include "absl/strings/string_view.h"

namespace gi::client::sheet {

// "本页小计", "共3家". `form`: as HeadForm.
bool IsTotal(absl::string_view form);

// "注：…", "（注：…）", "2.填报…"; "第1页". `text`: folded.
bool IsNote(absl::string_view text);

// "一、礼让镇", "（二）云龙镇". `text`: folded.
bool IsHeading(absl::string_view text);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_ROW_WORDS_H_
