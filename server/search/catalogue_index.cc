#include "server/search/catalogue_index.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/domain/survey/cultivation.h"
#include "storage/base/status_macros.h"
#include "storage/base/text.h"

namespace gi::search {
namespace {

using registry::v1::Geometry;
using registry::v1::Indication;
using registry::v1::Product;

template <class Row>
bool Parse(absl::string_view bytes, Row& row) {
  return row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// Sorts what the window shows; the rest stays in no order. Gives the window's bounds.
template <class Row, class Less>
std::pair<size_t, size_t> SortWindow(std::vector<Row>& rows, Window window, Less less) {
  const size_t first = std::min(window.first, rows.size());
  const size_t end = first + std::min(window.limit, rows.size() - first);
  std::partial_sort(rows.begin(), rows.begin() + static_cast<ptrdiff_t>(end), rows.end(), less);
  return {first, end};
}

}  // namespace

uint32_t CatalogueIndex::NumberOf(const std::string& name) {
  const auto [at, fresh] = by_name_.try_emplace(name, static_cast<uint32_t>(entries_.size()));
  if (fresh) entries_.emplace_back();
  return at->second;
}

uint32_t CatalogueIndex::CodeNumber(const std::string& code) {
  const auto [at, fresh] = code_numbers_.try_emplace(code, static_cast<uint32_t>(codes_.size()));
  if (fresh) codes_.push_back(code);
  return at->second;
}

bool CatalogueIndex::PutRow(keyspace::Tag table, absl::string_view id, std::optional<absl::string_view> row) {
  const bool is_product = table == keyspace::kProducts;
  if (!row) {
    Remove(absl::StrCat(is_product ? "products/" : "indications/", id));
    return true;
  }
  if (is_product) {
    Product product;
    if (!Parse(*row, product)) return false;
    PutProduct(id, product);
    return true;
  }
  Indication title;
  if (!Parse(*row, title)) return false;
  PutTitle(id, title);
  return true;
}

void CatalogueIndex::PutProduct(absl::string_view id, const Product& product) {
  Entry entry;
  entry.name = absl::StrCat("products/", id);
  entry.display_name = product.display_name();
  entry.variety = FoldText(product.variety());
  entry.merged_into = product.merged_into();
  entry.points = domain::BestPoints(product);
  entry.sector = product.sector();
  entry.stage = product.stage();
  entry.is_product = true;
  for (const std::string& code : product.place_codes()) entry.codes.push_back(CodeNumber(code));
  std::vector<Geometry> areas;
  for (const registry::v1::RecordStanding& standing : product.standings()) {
    entry.codes.push_back(CodeNumber(standing.place_code()));
    if (standing.has_geometry()) areas.push_back(standing.geometry());
  }
  std::sort(entry.codes.begin(), entry.codes.end());
  entry.codes.erase(std::unique(entry.codes.begin(), entry.codes.end()), entry.codes.end());
  std::vector<std::string> names = {product.display_name()};
  names.insert(names.end(), product.aliases().begin(), product.aliases().end());
  const uint32_t number = NumberOf(entry.name);
  names_.Put(number, names);
  areas_.Put(number, areas);
  entries_[number] = std::move(entry);
}

void CatalogueIndex::PutTitle(absl::string_view id, const Indication& title) {
  Entry entry;
  entry.name = absl::StrCat("indications/", id);
  entry.display_name = title.display_name();
  for (const std::string& code : title.area_codes()) entry.codes.push_back(CodeNumber(code));
  const uint32_t number = NumberOf(entry.name);
  areas_.Put(number, title.has_geometry() ? std::vector<Geometry>{title.geometry()} : std::vector<Geometry>());
  entries_[number] = std::move(entry);
}

void CatalogueIndex::Remove(const std::string& name) {
  const auto known = by_name_.find(name);
  if (known == by_name_.end()) return;
  names_.Put(known->second, {});
  areas_.Put(known->second, {});
  entries_[known->second] = {};
}

const CatalogueIndex::Entry* CatalogueIndex::Survivor(const Entry& entry) const {
  const Entry* at = &entry;
  for (int step = 0; step < domain::kMostMergers && !at->merged_into.empty(); ++step) {
    const auto found = by_name_.find(at->merged_into);
    if (found == by_name_.end()) return nullptr;
    at = &entries_[found->second];
  }
  return at->merged_into.empty() ? at : nullptr;
}

std::vector<ProductLikeness> CatalogueIndex::Similar(absl::Span<const std::string> names, size_t limit) const {
  std::vector<NameHit> hits;
  for (const std::string& name : names) {
    std::vector<NameHit> more = names_.Search(name);
    hits.insert(hits.end(), more.begin(), more.end());
  }
  std::sort(hits.begin(), hits.end(), [](const NameHit& a, const NameHit& b) {
    return std::make_tuple(-a.likeness.score, a.owner, a.place) < std::make_tuple(-b.likeness.score, b.owner, b.place);
  });
  std::vector<ProductLikeness> products;
  absl::flat_hash_set<const Entry*> seen;
  for (const NameHit& hit : hits) {
    if (products.size() == limit) break;
    const Entry* entry = Survivor(entries_[hit.owner]);
    if (entry == nullptr || !seen.insert(entry).second) continue;
    ProductLikeness& product = products.emplace_back();
    product.id = std::string(absl::StripPrefix(entry->name, "products/"));
    product.display_name = entry->display_name;
    product.matched_name = *hit.name;
    product.likeness = hit.likeness;
    product.sector = entry->sector;
    product.variety = entry->variety;
    for (const uint32_t code : entry->codes) product.place_codes.push_back(codes_[code]);
  }
  return products;
}

absl::StatusOr<std::vector<bool>> CatalogueIndex::PassingCodes(CodeFilter passes) const {
  std::vector<bool> passing(codes_.size());
  for (size_t i = 0; i < codes_.size(); ++i) {
    ASSIGN_OR_RETURN(const bool passed, passes(codes_[i]));
    passing[i] = passed;
  }
  return passing;
}

absl::StatusOr<Hits<RankedProduct>> CatalogueIndex::Rank(const RankFilter& filter,
                                                         const registry::v1::ScoreWeights& weights, CodeFilter passes,
                                                         Window window) const {
  std::vector<bool> passing;
  if (filter.by_division) {
    ASSIGN_OR_RETURN(passing, PassingCodes(passes));
  }
  std::vector<std::pair<int32_t, const Entry*>> found;
  for (const Entry& entry : entries_) {
    if (!entry.is_product || !entry.merged_into.empty()) continue;
    if ((filter.stages >> static_cast<uint32_t>(entry.stage) & 1u) == 0) continue;
    if (filter.sector != registry::v1::SECTOR_UNSPECIFIED && filter.sector != entry.sector) continue;
    if (filter.by_division &&
        std::none_of(entry.codes.begin(), entry.codes.end(), [&](uint32_t code) { return passing[code]; })) {
      continue;
    }
    found.emplace_back(domain::ScoreOf(entry.points, weights), &entry);
  }
  const auto [first, end] = SortWindow(found, window, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second->name < b.second->name;
  });
  Hits<RankedProduct> ranked{found.size(), {}};
  for (size_t i = first; i < end; ++i) {
    ranked.hits.push_back({std::string(absl::StripPrefix(found[i].second->name, "products/")), found[i].first});
  }
  return ranked;
}

bool CatalogueIndex::Passes(const Entry& entry, const PlaceFilter& filter) {
  if (!entry.is_product) return filter.titles;
  return filter.products && entry.merged_into.empty() &&
         (filter.sector == registry::v1::SECTOR_UNSPECIFIED || filter.sector == entry.sector);
}

Hits<PlaceHit> CatalogueIndex::InOrder(std::vector<Placed> placed, Window window) {
  const auto [first, end] = SortWindow(placed, window, [](const Placed& a, const Placed& b) {
    return std::tie(b.entry->is_product, a.entry->name) < std::tie(a.entry->is_product, b.entry->name);
  });
  Hits<PlaceHit> hits{placed.size(), {}};
  for (size_t i = first; i < end; ++i) {
    hits.hits.push_back({placed[i].entry->name, placed[i].entry->display_name, placed[i].approximate});
  }
  return hits;
}

Hits<PlaceHit> CatalogueIndex::At(const Geometry& place, const PlaceFilter& filter, Window window) const {
  std::vector<Placed> placed;
  for (const AreaHit& hit : areas_.Find(place)) {
    if (Passes(entries_[hit.owner], filter)) placed.push_back({&entries_[hit.owner], hit.approximate});
  }
  return InOrder(std::move(placed), window);
}

absl::StatusOr<Hits<PlaceHit>> CatalogueIndex::In(CodeFilter passes, const PlaceFilter& filter, Window window) const {
  ASSIGN_OR_RETURN(const std::vector<bool> passing, PassingCodes(passes));
  std::vector<Placed> placed;
  for (const Entry& entry : entries_) {
    if (!Passes(entry, filter)) continue;
    if (std::none_of(entry.codes.begin(), entry.codes.end(), [&](uint32_t code) { return passing[code]; })) continue;
    placed.push_back({&entry, false});
  }
  return InOrder(std::move(placed), window);
}

}  // namespace gi::search
