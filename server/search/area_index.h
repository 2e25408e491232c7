// Areas on a map, found by point or by overlap: S2 cells lead to those that may be meant, exact geometry decides.
//
// Coordinates are never converted. Geometries of one family of datums (WGS84 with CGCS2000; GCJ02; BD09) are compared
// as they are, those of different families with kDatumMetres to spare, and are then marked as approximate.
//
// Any number of threads may search while nobody changes it.
#ifndef GI_SERVER_SEARCH_AREA_INDEX_H_
#define GI_SERVER_SEARCH_AREA_INDEX_H_

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "gi/registry/v1/geometry.pb.h"

namespace gi::search {

struct AreaHit {
  uint32_t owner = 0;
  bool approximate = false;
};

class AreaIndex {
 public:
  AreaIndex();
  ~AreaIndex();
  AreaIndex(const AreaIndex&) = delete;
  AreaIndex& operator=(const AreaIndex&) = delete;

  // How far a point may lie from an area and still be in it, and how far the same place may be written apart in two
  // families of datums.
  static constexpr double kPointMetres = 20;
  static constexpr double kDatumMetres = 2000;

  // Replaces the owner's areas. Numbers of owners should be dense: they are places in an array. What is no geometry is
  // left out.
  void Put(uint32_t owner, const std::vector<registry::v1::Geometry>& areas);

  // The owners of the areas that have a point in common with the question, by number; approximate only if no area of
  // the owner fits without. Nothing for what is no geometry.
  std::vector<AreaHit> Find(const registry::v1::Geometry& question) const;

  // The same by comparing all areas: what Find is measured against.
  std::vector<AreaHit> CompareAll(const registry::v1::Geometry& question) const;

 private:
  struct Shape;
  using ShapeNumber = uint32_t;
  static constexpr int kFamilies = 3;

  void Remove(ShapeNumber number);

  std::vector<std::unique_ptr<Shape>> shapes_;
  std::vector<ShapeNumber> free_;
  std::vector<std::vector<ShapeNumber>> shapes_of_owner_;
  // Cells that cover the shapes, by family.
  std::array<absl::btree_set<std::pair<uint64_t, ShapeNumber>>, kFamilies> cells_;
};

}  // namespace gi::search

#endif  // GI_SERVER_SEARCH_AREA_INDEX_H_
