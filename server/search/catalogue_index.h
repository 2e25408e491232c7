// Products and titles as officers look for them: products by likeness, all by place, candidates by rank.
//
// Any number of threads may search while nobody changes it.
#ifndef GI_SERVER_SEARCH_CATALOGUE_INDEX_H_
#define GI_SERVER_SEARCH_CATALOGUE_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/indication.pb.h"
#include "gi/registry/v1/product.pb.h"
#include "server/domain/survey/score.h"
#include "server/search/area_index.h"
#include "server/search/name_index.h"
#include "storage/keyspace/key.h"

namespace gi::search {

// A product whose name is like another.
struct ProductLikeness {
  // Without "products/"; of the one that it was merged into, if it was.
  std::string id;
  std::string display_name;
  std::string matched_name;
  Likeness likeness;
  registry::v1::Sector sector = registry::v1::SECTOR_UNSPECIFIED;
  // Folded; "" if it names none.
  std::string variety;
  std::vector<std::string> place_codes;
};

struct RankFilter {
  uint32_t stages = 0;  // bits 1 << CultivationStage
  registry::v1::Sector sector = registry::v1::SECTOR_UNSPECIFIED;
  bool by_division = false;
};

struct RankedProduct {
  std::string id;
  int32_t score = 0;
};

// Which of the hits are wanted, in their order.
struct Window {
  size_t first = 0;
  size_t limit = SIZE_MAX;
};

template <class Hit>
struct Hits {
  // Of all, also outside the window.
  size_t total = 0;
  std::vector<Hit> hits;
};

struct PlaceFilter {
  bool products = true;
  bool titles = true;
  registry::v1::Sector sector = registry::v1::SECTOR_UNSPECIFIED;  // of products
};

struct PlaceHit {
  // Resource name.
  std::string name;
  std::string display_name;
  bool approximate = false;
};

class CatalogueIndex {
 public:
  // Whether a division code passes a filter; asked once for each code that any row has.
  using CodeFilter = absl::FunctionRef<absl::StatusOr<bool>(const std::string& code)>;

  static constexpr keyspace::Tag kTables[] = {keyspace::kProducts, keyspace::kIndications};
  bool PutRow(keyspace::Tag table, absl::string_view id, std::optional<absl::string_view> row);

  // The products with the likeliest names, best first, at most `limit`, each once.
  std::vector<ProductLikeness> Similar(absl::Span<const std::string> names, size_t limit) const;

  // All products that pass, best score first, of equal ones by id.
  absl::StatusOr<Hits<RankedProduct>> Rank(const RankFilter& filter, const registry::v1::ScoreWeights& weights,
                                           CodeFilter passes, Window window) const;

  // What has a point in common with a place on the map; or what has a code that passes. Products, then titles, by name.
  Hits<PlaceHit> At(const registry::v1::Geometry& place, const PlaceFilter& filter, Window window) const;
  absl::StatusOr<Hits<PlaceHit>> In(CodeFilter passes, const PlaceFilter& filter, Window window) const;

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string name;
    std::string display_name;
    std::string variety;
    std::string merged_into;  // resource name
    std::vector<uint32_t> codes;
    domain::Points points = {};
    registry::v1::Sector sector = registry::v1::SECTOR_UNSPECIFIED;
    registry::v1::CultivationStage stage = registry::v1::CULTIVATION_STAGE_UNSPECIFIED;
    bool is_product = false;
  };

  // A place that a row left behind is one of no product, without names and places.
  uint32_t NumberOf(const std::string& name);
  uint32_t CodeNumber(const std::string& code);
  void PutProduct(absl::string_view id, const registry::v1::Product& product);
  void PutTitle(absl::string_view id, const registry::v1::Indication& title);
  void Remove(const std::string& name);
  // Follows mergers to their end; nullptr if that is no row.
  const Entry* Survivor(const Entry& entry) const;
  static bool Passes(const Entry& entry, const PlaceFilter& filter);
  struct Placed {
    const Entry* entry;
    bool approximate;
  };
  static Hits<PlaceHit> InOrder(std::vector<Placed> placed, Window window);
  // For each code number, whether it passes.
  absl::StatusOr<std::vector<bool>> PassingCodes(CodeFilter passes) const;

  std::vector<Entry> entries_;
  absl::flat_hash_map<std::string, uint32_t> by_name_;
  std::vector<std::string> codes_;
  absl::flat_hash_map<std::string, uint32_t> code_numbers_;
  NameIndex names_;
  AreaIndex areas_;
};

}  // namespace gi::search

#endif  // GI_SERVER_SEARCH_CATALOGUE_INDEX_H_
