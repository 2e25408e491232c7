// How a name is read aloud, in the letters of a keyboard: pinyin of Chinese characters, Latin letters for other
// scripts. Thread-safe.
#ifndef GI_STORAGE_BASE_READING_H_
#define GI_STORAGE_BASE_READING_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace gi {

struct Reading {
  // a-z and 0-9 only, no tones, nothing between syllables: "liangpingyou". v, which is typed for ü, is u.
  std::string letters;
  // Of each Chinese character its first letter: "lpy". Empty if there are fewer than two.
  std::string initials;
  friend bool operator==(const Reading&, const Reading&) = default;
};

// A character of several readings (重: zhong, chong) multiplies those of its name, up to this many.
inline constexpr size_t kMaxReadings = 4;

// The readings of FoldName(text), the usual one first. Empty if nothing of it can be read.
// An index over it carries FoldVersion(): the readings come from ICU.
std::vector<Reading> ReadAloud(absl::string_view text);

}  // namespace gi

#endif  // GI_STORAGE_BASE_READING_H_
