#include "server/search/title_index.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/base/name_fold.h"
#include "storage/base/status_macros.h"
#include "storage/base/text.h"
#include "storage/registry/title_number.h"

namespace gi::search {
namespace {

using registry::v1::FacetField;
using registry::v1::Indication;

constexpr size_t kCountyDigits = 6;
constexpr double kTextScore = 0.1;

// Pairs of neighbouring characters.
std::vector<uint64_t> TextPairs(absl::string_view folded) {
  const std::u32string points = ToCodePoints(folded);
  std::vector<uint64_t> pairs;
  for (size_t i = 1; i < points.size(); ++i) pairs.push_back(uint64_t{points[i - 1]} << 32 | points[i]);
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

std::vector<std::string> CountriesOf(const Indication& title) {
  if (title.kind() != registry::v1::INDICATION_KIND_FOREIGN) return {"China"};
  std::vector<std::string> countries;
  for (const absl::string_view part : absl::StrSplit(title.origin().country(), absl::ByAnyChar(",;/"))) {
    const std::string country(absl::StripAsciiWhitespace(part));
    if (!country.empty() && std::find(countries.begin(), countries.end(), country) == countries.end()) {
      countries.push_back(country);
    }
  }
  return countries;
}

Indication WhatFiltersRead(const Indication& title) {
  Indication slim;
  slim.set_kind(title.kind());
  slim.set_display_name(title.display_name());
  slim.set_holder(title.holder());
  *slim.mutable_area_codes() = title.area_codes();
  *slim.mutable_events() = title.events();
  for (const registry::v1::GoodsItem& item : title.goods()) slim.add_goods()->set_nice_class(item.nice_class());
  return slim;
}

// The values that a title has in each field, and whether they pass.
struct FieldValues {
  std::vector<std::string> values;
  bool passes = true;
};
constexpr size_t kFields = 6;
using TitleValues = std::array<FieldValues, kFields>;

size_t Place(FacetField field) { return static_cast<size_t>(field) - 1; }

template <class Set, class Value>
bool Passes(const Set& filter, const Value& value) {
  return filter.empty() || filter.contains(value);
}

void AddOnce(std::string value, std::vector<std::string>& values) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(std::move(value));
}

// Counts for each field the titles that pass all other filters.
class FacetCounter {
 public:
  void Count(const TitleValues& title) {
    const size_t failed =
        static_cast<size_t>(std::count_if(title.begin(), title.end(), [](const auto& f) { return !f.passes; }));
    if (failed > 1) return;
    for (size_t field = 0; field < kFields; ++field) {
      if (failed == 1 && title[field].passes) continue;
      for (const std::string& value : title[field].values) ++counts_[field][value];
    }
  }

  std::vector<registry::v1::Facet> Facets() const {
    std::vector<registry::v1::Facet> facets;
    for (size_t field = 0; field < kFields; ++field) {
      std::vector<std::pair<std::string, int>> sorted(counts_[field].begin(), counts_[field].end());
      std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
      registry::v1::Facet& facet = facets.emplace_back();
      facet.set_field(static_cast<FacetField>(field + 1));
      for (const auto& [value, count] : sorted) {
        if (facet.values_size() == TitleIndex::kMaxFacetValues) break;
        registry::v1::FacetValue& entry = *facet.add_values();
        entry.set_value(value);
        entry.set_titles(count);
      }
    }
    return facets;
  }

 private:
  std::array<std::map<std::string, int>, kFields> counts_;
};

// Asks about each area code once.
class AreaMemory {
 public:
  explicit AreaMemory(AreaFilter ask) : ask_(ask) {}

  absl::StatusOr<bool> Passes(const google::protobuf::RepeatedPtrField<std::string>& codes) {
    for (const std::string& code : codes) {
      const auto known = answers_.find(code);
      if (known != answers_.end()) {
        if (known->second) return true;
        continue;
      }
      ASSIGN_OR_RETURN(const bool passes, ask_(code));
      answers_.emplace(code, passes);
      if (passes) return true;
    }
    return false;
  }

 private:
  AreaFilter ask_;
  absl::flat_hash_map<std::string, bool> answers_;
};

}  // namespace

bool TitleIndex::PutRow(keyspace::Tag, absl::string_view id, std::optional<absl::string_view> row) {
  if (!row) {
    Remove(id);
    return true;
  }
  registry::v1::Indication title;
  if (!title.ParseFromArray(row->data(), static_cast<int>(row->size()))) return false;
  Put(id, title);
  return true;
}

void TitleIndex::Put(absl::string_view id, const Indication& title) {
  const auto [entry, is_new] = by_id_.try_emplace(std::string(id), static_cast<TitleNumber>(titles_.size()));
  const TitleNumber number = entry->second;
  Title made{std::string(id), WhatFiltersRead(title), domain::TitleTimeline(title), CountriesOf(title), {}, {}, false};
  if (is_new) {
    titles_.push_back(std::move(made));
  } else {
    made.text = std::move(titles_[number].text);
    titles_[number] = std::move(made);
  }
  std::vector<std::string> names = {title.display_name()};
  for (const registry::v1::NameVariant& name : title.names()) AddOnce(name.text(), names);
  names_.Put(number, names);
  PutNumbers(number, title);
  PutText(number, title);
}

void TitleIndex::Remove(absl::string_view id) {
  const auto known = by_id_.find(id);
  if (known == by_id_.end()) return;
  // Its place stays empty: what leads there finds no number and no text.
  const TitleNumber number = known->second;
  names_.Put(number, {});
  titles_[number] = {"", {}, domain::TitleTimeline(Indication()), {}, {}, "", /*removed=*/true};
  by_id_.erase(known);
}

void TitleIndex::PutNumbers(TitleNumber number, const Indication& title) {
  for (const registry::v1::TitleNumber& given : title.numbers()) {
    for (const std::string& form : registry::NumberLookupForms(given)) {
      titles_[number].numbers.push_back(form);
      std::vector<TitleNumber>& titles = by_number_[form];
      if (std::find(titles.begin(), titles.end(), number) == titles.end()) titles.push_back(number);
    }
  }
}

void TitleIndex::PutText(TitleNumber number, const Indication& title) {
  std::string text = FoldName(title.specification().text());
  if (text.size() > kMaxTextBytes) text.resize(kMaxTextBytes);
  // Most changes of a title leave it as it is.
  if (text == titles_[number].text) return;
  for (const uint64_t pair : TextPairs(text)) by_text_pair_[pair].push_back(number);
  titles_[number].text = std::move(text);
}

void TitleIndex::FindText(absl::string_view query, absl::flat_hash_set<TitleNumber>& found,
                          std::vector<Hit>& hits) const {
  std::vector<std::string> words;
  const std::vector<TitleNumber>* fewest = nullptr;
  for (const absl::string_view part : absl::StrSplit(query, absl::ByAnyChar(" \t"), absl::SkipWhitespace())) {
    words.push_back(FoldName(part));
    for (const uint64_t pair : TextPairs(words.back())) {
      const auto with = by_text_pair_.find(pair);
      if (with == by_text_pair_.end()) return;
      if (fewest == nullptr || with->second.size() < fewest->size()) fewest = &with->second;
    }
  }
  if (fewest == nullptr) return;
  for (const TitleNumber number : *fewest) {
    const std::string& text = titles_[number].text;
    const bool all = std::all_of(words.begin(), words.end(),
                                 [&](const std::string& word) { return text.find(word) != std::string::npos; });
    if (all && found.insert(number).second) hits.push_back({number, registry::v1::MATCH_KIND_TEXT, kTextScore, ""});
  }
}

std::vector<TitleIndex::Hit> TitleIndex::Find(absl::string_view query) const {
  std::vector<Hit> hits;
  absl::flat_hash_set<TitleNumber> found;
  const auto with_number = by_number_.find(registry::NumberLookupForm(query));
  if (with_number != by_number_.end()) {
    for (const TitleNumber number : with_number->second) {
      const auto& numbers = titles_[number].numbers;
      if (std::find(numbers.begin(), numbers.end(), with_number->first) == numbers.end()) continue;
      found.insert(number);
      hits.push_back({number, registry::v1::MATCH_KIND_EXACT, 1, query});
    }
  }
  for (const NameHit& hit : names_.Search(query)) {
    if (!found.insert(hit.owner).second) continue;
    hits.push_back({hit.owner, hit.likeness.kind, hit.likeness.score, *hit.name});
  }
  FindText(query, found, hits);
  return hits;
}

void TitleIndex::Rank(std::vector<Hit>& hits, size_t limit) const {
  const auto before = [this](const Hit& a, const Hit& b) {
    if (a.score != b.score) return a.score > b.score;
    const Title& x = titles_[a.title];
    const Title& y = titles_[b.title];
    return std::tie(x.row.display_name(), x.id) < std::tie(y.row.display_name(), y.id);
  };
  const size_t kept = std::min(limit, hits.size());
  std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(kept), hits.end(), before);
  hits.resize(kept);
}

TitleHit TitleIndex::Describe(const Hit& hit) const {
  return {titles_[hit.title].id, hit.kind, std::string(hit.name), hit.score};
}

absl::StatusOr<Findings> TitleIndex::Search(absl::string_view query, const Filters& filters, Day day,
                                            AreaFilter area) const {
  std::vector<Hit> hits;
  if (IsBlank(query)) {
    for (TitleNumber number = 0; number < titles_.size(); ++number) {
      if (!titles_[number].removed) hits.push_back({number, registry::v1::MATCH_KIND_UNSPECIFIED, 0, ""});
    }
  } else {
    hits = Find(query);
  }
  FacetCounter facets;
  AreaMemory areas(area);
  std::vector<Hit> kept;
  for (const Hit& hit : hits) {
    const Title& title = titles_[hit.title];
    TitleValues fields;
    const auto set = [&](FacetField field, std::string value, bool passes) {
      fields[Place(field)] = {{std::move(value)}, passes};
    };
    set(registry::v1::FACET_FIELD_KIND, registry::v1::IndicationKind_Name(title.row.kind()),
        Passes(filters.kinds, title.row.kind()));
    const registry::v1::TitleState state = title.timeline.StateOn(day);
    set(registry::v1::FACET_FIELD_STATE, registry::v1::TitleState_Name(state), Passes(filters.states, state));
    const std::string holder(domain::HolderOn(title.row, day));
    set(registry::v1::FACET_FIELD_HOLDER, holder, Passes(filters.holders, holder));
    if (holder.empty()) fields[Place(registry::v1::FACET_FIELD_HOLDER)].values.clear();

    FieldValues& countries = fields[Place(registry::v1::FACET_FIELD_COUNTRY)];
    countries.values = title.countries;
    countries.passes = filters.countries.empty() ||
                       std::any_of(title.countries.begin(), title.countries.end(),
                                   [&](const std::string& country) { return filters.countries.contains(country); });
    FieldValues& classes = fields[Place(registry::v1::FACET_FIELD_NICE_CLASS)];
    classes.passes = filters.nice_classes.empty();
    for (const registry::v1::GoodsItem& item : title.row.goods()) {
      if (item.nice_class() == 0) continue;
      AddOnce(absl::StrCat(item.nice_class()), classes.values);
      classes.passes = classes.passes || filters.nice_classes.contains(item.nice_class());
    }
    FieldValues& divisions = fields[Place(registry::v1::FACET_FIELD_DIVISION)];
    for (const std::string& code : title.row.area_codes()) AddOnce(code.substr(0, kCountyDigits), divisions.values);
    if (filters.by_division) {
      ASSIGN_OR_RETURN(divisions.passes, areas.Passes(title.row.area_codes()));
    }
    facets.Count(fields);
    if (std::all_of(fields.begin(), fields.end(), [](const FieldValues& field) { return field.passes; })) {
      kept.push_back(hit);
    }
  }
  Rank(kept, kMaxFindings);
  Findings findings{{}, facets.Facets()};
  findings.hits.reserve(kept.size());
  for (const Hit& hit : kept) findings.hits.push_back(Describe(hit));
  return findings;
}

std::vector<TitleHit> TitleIndex::Similar(absl::string_view name, size_t limit) const {
  std::vector<Hit> hits;
  for (const NameHit& hit : names_.Search(name)) {
    hits.push_back({hit.owner, hit.likeness.kind, hit.likeness.score, *hit.name});
  }
  Rank(hits, limit);
  std::vector<TitleHit> titles;
  for (const Hit& hit : hits) titles.push_back(Describe(hit));
  return titles;
}

}  // namespace gi::search
