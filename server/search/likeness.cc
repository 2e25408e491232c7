#include "server/search/likeness.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "absl/strings/str_split.h"
#include "storage/base/name_fold.h"
#include "storage/base/text.h"

namespace gi::search {
namespace {

using registry::v1::MatchKind;

// Shares of a text that must be right for a typing error to be believed.
constexpr double kLeastSimilar = 0.6;
constexpr double kLeastSimilarBeginning = 0.75;
// A shorter beginning says too little.
constexpr size_t kShortestBeginning = 4;
// A shorter name is held by too many queries.
constexpr size_t kShortestHeldName = 2;

template <class Text>
EditDistances Distances(Text query, Text name) {
  // One column of the table for each character of the name; the two before it are kept.
  std::array<uint8_t, kMaxNameChars + 1> columns[3];
  uint8_t* before = columns[0].data();
  uint8_t* last = columns[1].data();
  uint8_t* now = columns[2].data();
  const size_t rows = query.size();
  for (size_t i = 0; i <= rows; ++i) last[i] = static_cast<uint8_t>(i);
  EditDistances distances{rows, rows};
  for (size_t j = 1; j <= name.size(); ++j) {
    now[0] = static_cast<uint8_t>(j);
    for (size_t i = 1; i <= rows; ++i) {
      const bool same = query[i - 1] == name[j - 1];
      int best = std::min({last[i] + 1, now[i - 1] + 1, last[i - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && query[i - 1] == name[j - 2] && query[i - 2] == name[j - 1]) {
        best = std::min(best, before[i - 2] + 1);
      }
      now[i] = static_cast<uint8_t>(best);
    }
    distances.whole = now[rows];
    distances.beginning = std::min<size_t>(distances.beginning, now[rows]);
    std::swap(before, last);
    std::swap(last, now);
  }
  return distances;
}

void Offer(MatchKind kind, double score, Likeness& best) {
  if (score > best.score) best = {kind, score};
}

double Share(size_t part, size_t whole) { return static_cast<double>(part) / static_cast<double>(whole); }

// One letter is within too many names; one character that is no letter of ASCII is not.
template <class Text>
bool SaysEnough(const Text& part) {
  return part.size() > 1 || static_cast<uint32_t>(part[0]) >= 0x80;
}

// Every word of the query, in any order.
void CompareWords(const NameForms& query, const NameForms& name, Likeness& best) {
  if (query.words.empty()) return;
  const bool all = std::all_of(query.words.begin(), query.words.end(), [&](const std::u32string& word) {
    return SaysEnough(word) && name.folded.find(word) != std::u32string::npos;
  });
  if (all) {
    Offer(registry::v1::MATCH_KIND_SUBSTRING,
          0.5 + 0.1 * Share(std::min(query.folded.size(), name.folded.size()), name.folded.size()), best);
  }
}

// One text within the other, or beginning with it.
template <class Text>
void CompareParts(const Text& query, const Text& name, MatchKind prefix, MatchKind within, double prefix_score,
                  double within_score, Likeness& best) {
  if (query.empty() || name.empty()) return;
  if (query.size() <= name.size()) {
    const size_t at = name.find(query);
    if (at == Text::npos) return;
    const double share = Share(query.size(), name.size());
    if (at == 0) {
      Offer(prefix, prefix_score + 0.15 * share, best);
    } else if (SaysEnough(query)) {
      Offer(within, within_score + 0.15 * share, best);
    }
  } else if (name.size() >= kShortestHeldName && query.find(name) != Text::npos) {
    Offer(within, within_score - 0.1 + 0.2 * Share(name.size(), query.size()), best);
  }
}

template <class Text>
void CompareErrors(const Text& query, const Text& name, double weight, Likeness& best) {
  if (query.empty() || name.empty()) return;
  const size_t longer = std::max(query.size(), name.size());
  const size_t shorter = std::min(query.size(), name.size());
  const bool whole_possible = Share(shorter, longer) >= kLeastSimilar;
  const bool beginning_possible = query.size() >= kShortestBeginning && query.size() < name.size();
  if (!whole_possible && !beginning_possible) return;
  const EditDistances distances = EditDistance(query, name);
  const double whole = 1 - Share(distances.whole, longer);
  if (whole >= kLeastSimilar) Offer(registry::v1::MATCH_KIND_SIMILAR, 0.2 + weight * whole, best);
  const double beginning = 1 - Share(distances.beginning, query.size());
  if (beginning_possible && beginning >= kLeastSimilarBeginning) {
    Offer(registry::v1::MATCH_KIND_SIMILAR, 0.1 + weight * beginning, best);
  }
}

void CompareReadings(const NameForms& query, const NameForms& name, Likeness& best) {
  using registry::v1::MATCH_KIND_INITIALS;
  using registry::v1::MATCH_KIND_PRONUNCIATION;
  for (const Reading& asked : query.readings) {
    for (const Reading& had : name.readings) {
      if (asked.letters == had.letters) Offer(MATCH_KIND_PRONUNCIATION, 0.9, best);
      CompareParts(asked.letters, had.letters, MATCH_KIND_PRONUNCIATION, MATCH_KIND_PRONUNCIATION, 0.7, 0.5, best);
      if (!query.ascii || asked.letters.size() < 2 || !had.initials.starts_with(asked.letters)) continue;
      const bool all = had.initials.size() == asked.letters.size();
      Offer(MATCH_KIND_INITIALS, all ? 0.75 : 0.5 + 0.2 * Share(asked.letters.size(), had.initials.size()), best);
    }
  }
}

}  // namespace

NameForms FormsOf(absl::string_view name) {
  NameForms forms;
  forms.plain = FoldText(name);
  const std::string folded = FoldName(name);
  forms.ascii = std::all_of(folded.begin(), folded.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  forms.folded = ToCodePoints(folded);
  if (forms.folded.size() > kMaxNameChars) forms.folded.resize(kMaxNameChars);
  for (const absl::string_view part : absl::StrSplit(name, absl::ByAnyChar(" \t"), absl::SkipWhitespace())) {
    std::u32string word = ToCodePoints(FoldName(part));
    if (!word.empty()) forms.words.push_back(std::move(word));
  }
  if (forms.words.size() < 2) forms.words.clear();
  forms.readings = ReadAloud(name);
  for (Reading& reading : forms.readings) {
    if (reading.letters.size() > kMaxNameChars) reading.letters.resize(kMaxNameChars);
    if (reading.initials.size() > kMaxNameChars) reading.initials.resize(kMaxNameChars);
  }
  return forms;
}

Likeness LikenessOf(const NameForms& query, const NameForms& name) {
  if (query.folded.empty()) return {};
  if (query.plain == name.plain) return {registry::v1::MATCH_KIND_EXACT, 1};
  Likeness best;
  if (query.folded == name.folded) return {registry::v1::MATCH_KIND_VARIANT, 0.97};
  CompareParts(query.folded, name.folded, registry::v1::MATCH_KIND_PREFIX, registry::v1::MATCH_KIND_SUBSTRING, 0.8,
               0.65, best);
  CompareWords(query, name, best);
  // ASCII reads as it is written, but for v.
  CompareReadings(query, name, best);
  if (best.score > 0) return best;
  CompareErrors(query.folded, name.folded, 0.45, best);
  if (query.ascii && name.ascii) return best;
  for (const Reading& asked : query.readings) {
    for (const Reading& had : name.readings) CompareErrors(asked.letters, had.letters, 0.4, best);
  }
  return best;
}

EditDistances EditDistance(std::u32string_view query, std::u32string_view name) { return Distances(query, name); }
EditDistances EditDistance(std::string_view query, std::string_view name) { return Distances(query, name); }

}  // namespace gi::search
