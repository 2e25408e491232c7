#include "server/search/area_index.h"

#include <s2/s1chord_angle.h>
#include <s2/s2cap.h>
#include <s2/s2cell_union.h>
#include <s2/s2closest_edge_query.h>
#include <s2/s2earth.h>
#include <s2/s2error.h>
#include <s2/s2latlng.h>
#include <s2/s2latlng_rect.h>
#include <s2/s2polygon.h>
#include <s2/s2region_coverer.h>
#include <s2/s2shape_index_buffered_region.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <variant>

#include "server/domain/geometry.h"

namespace gi::search {
namespace {

using registry::v1::Geometry;

constexpr int kCellsOfShape = 8;
constexpr int kCellsOfQuestion = 32;
constexpr int kCellsInside = 128;
// Parallels are no straight lines on the globe: the sides of a box along them are cut into pieces, short enough to stay
// within 10 cm of them in China, or at most so many.
constexpr double kDegreesOfPiece = 0.025;
constexpr int kMostPieces = 64;

S2LatLng ToS2(const domain::Degrees& at) { return S2LatLng::FromDegrees(at.latitude, at.longitude); }

int FamilyOf(registry::v1::Datum datum) {
  switch (datum) {
    case registry::v1::DATUM_GCJ02:
      return 1;
    case registry::v1::DATUM_BD09:
      return 2;
    default:
      return 0;
  }
}

std::unique_ptr<S2Polygon> MakePolygon(const std::vector<S2Point>& corners) {
  if (corners.size() < 3) return nullptr;  // S2 takes fewer for something else
  auto loop = std::make_unique<S2Loop>(corners, S2Debug::DISABLE);
  S2Error error;  // asked for, or it is printed
  if (loop->FindValidationError(&error)) return nullptr;
  loop->Normalize();  // whichever way round it was written
  return std::make_unique<S2Polygon>(std::move(loop), S2Debug::DISABLE);
}

std::unique_ptr<S2Polygon> PolygonOfBox(const registry::v1::BoundingBox& box) {
  const auto from = domain::ToDegrees(box.south_west());
  const auto to = domain::ToDegrees(box.north_east());
  if (!from || !to) return nullptr;
  std::vector<S2Point> corners;
  const double width = to->longitude - from->longitude;
  const int pieces = std::clamp(static_cast<int>(std::ceil(width / kDegreesOfPiece)), 1, kMostPieces);
  const auto side = [&](double latitude, double west, double east) {
    for (int i = 0; i <= pieces; ++i) {
      corners.push_back(ToS2({west + (east - west) * i / pieces, latitude}).ToPoint());
    }
  };
  side(from->latitude, from->longitude, to->longitude);
  side(to->latitude, to->longitude, from->longitude);
  return MakePolygon(corners);
}

std::unique_ptr<S2Polygon> PolygonOfOutline(const google::protobuf::RepeatedPtrField<registry::v1::Point>& outline) {
  std::vector<S2Point> corners;
  for (const registry::v1::Point& corner : outline) {
    const auto at = domain::ToDegrees(corner);
    if (!at) return nullptr;
    corners.push_back(ToS2(*at).ToPoint());
  }
  return MakePolygon(corners);
}

using Form = std::variant<S2Point, std::unique_ptr<S2Polygon>>;

// The outline if there is one, else the box, else the point.
std::optional<Form> FormOf(const Geometry& geometry) {
  std::unique_ptr<S2Polygon> polygon;
  if (geometry.outline_size() > 0) {
    polygon = PolygonOfOutline(geometry.outline());
  } else if (geometry.has_box()) {
    polygon = PolygonOfBox(geometry.box());
  } else if (const auto at = domain::ToDegrees(geometry.point()); at && geometry.has_point()) {
    return ToS2(*at).ToPoint();
  }
  if (polygon == nullptr) return std::nullopt;
  return polygon;
}

S1ChordAngle Distance(double metres) { return S1ChordAngle(S2Earth::MetersToAngle(metres)); }

bool Near(const Form& a, const Form& b, S1ChordAngle limit) {
  if (std::holds_alternative<S2Point>(a)) {
    if (const S2Point* other = std::get_if<S2Point>(&b)) return S1ChordAngle(std::get<S2Point>(a), *other) <= limit;
    return Near(b, a, limit);
  }
  S2ClosestEdgeQuery query(&std::get<std::unique_ptr<S2Polygon>>(a)->index());
  if (const S2Point* point = std::get_if<S2Point>(&b)) {
    S2ClosestEdgeQuery::PointTarget target(*point);
    return query.IsDistanceLessOrEqual(&target, limit);
  }
  S2ClosestEdgeQuery::ShapeIndexTarget target(&std::get<std::unique_ptr<S2Polygon>>(b)->index());
  return query.IsDistanceLessOrEqual(&target, limit);
}

// Cells that hold everything within `limit` of the form.
std::vector<S2CellId> Cover(const Form& form, S1ChordAngle limit, int max_cells) {
  S2RegionCoverer::Options options;
  options.set_max_cells(max_cells);
  S2RegionCoverer coverer(options);
  std::vector<S2CellId> cells;
  if (const S2Point* point = std::get_if<S2Point>(&form)) {
    if (limit.is_zero()) return {S2CellId(*point)};
    coverer.GetCovering(S2Cap(*point, limit), &cells);
    return cells;
  }
  const S2Polygon& polygon = *std::get<std::unique_ptr<S2Polygon>>(form);
  if (limit.is_zero()) {
    coverer.GetCovering(polygon, &cells);
  } else {
    coverer.GetCovering(S2ShapeIndexBufferedRegion(&polygon.index(), limit), &cells);
  }
  return cells;
}

// Cells that lie in the form; none in a point.
S2CellUnion Inside(const Form& form) {
  const auto* polygon = std::get_if<std::unique_ptr<S2Polygon>>(&form);
  if (polygon == nullptr) return {};
  S2RegionCoverer::Options options;
  options.set_max_cells(kCellsInside);
  return S2RegionCoverer(options).GetInteriorCovering(**polygon);
}

S2LatLngRect BoundOf(const Form& form) {
  const auto* polygon = std::get_if<std::unique_ptr<S2Polygon>>(&form);
  return polygon == nullptr ? S2LatLngRect::FromPoint(S2LatLng(std::get<S2Point>(form))) : (*polygon)->GetRectBound();
}

// A point or a corner of `form` lies in the area: quicker to see than how near they are.
bool HasCornerIn(const Form& form, const Form& area) {
  const auto* polygon = std::get_if<std::unique_ptr<S2Polygon>>(&area);
  if (polygon == nullptr) return false;
  if (const S2Point* point = std::get_if<S2Point>(&form)) return (*polygon)->Contains(*point);
  const S2Loop& loop = *std::get<std::unique_ptr<S2Polygon>>(form)->loop(0);
  for (int i = 0; i < loop.num_vertices(); ++i) {
    if ((*polygon)->Contains(loop.vertex(i))) return true;
  }
  return false;
}

// Some point of the form.
S2CellId CellIn(const Form& form) {
  const auto* polygon = std::get_if<std::unique_ptr<S2Polygon>>(&form);
  return S2CellId(polygon == nullptr ? std::get<S2Point>(form) : (*polygon)->loop(0)->vertex(0));
}

// The tolerance of a question against areas of a family.
S1ChordAngle LimitOf(const Form& question, bool same_family) {
  if (!same_family) return Distance(AreaIndex::kDatumMetres);
  return std::holds_alternative<S2Point>(question) ? Distance(AreaIndex::kPointMetres) : S1ChordAngle::Zero();
}

// One hit for each owner, the exact one if it has any.
std::vector<AreaHit> OnePerOwner(std::vector<AreaHit> hits) {
  std::sort(hits.begin(), hits.end(), [](const AreaHit& a, const AreaHit& b) {
    return std::make_pair(a.owner, a.approximate) < std::make_pair(b.owner, b.approximate);
  });
  hits.erase(
      std::unique(hits.begin(), hits.end(), [](const AreaHit& a, const AreaHit& b) { return a.owner == b.owner; }),
      hits.end());
  return hits;
}

}  // namespace

struct AreaIndex::Shape {
  uint32_t owner;
  int family;
  Form form;
  std::vector<S2CellId> cells;
  // Where some point of it lies.
  S2CellId some;
  S2LatLngRect bound;
};

AreaIndex::AreaIndex() = default;
AreaIndex::~AreaIndex() = default;

void AreaIndex::Remove(ShapeNumber number) {
  const Shape& shape = *shapes_[number];
  for (const S2CellId cell : shape.cells) cells_[static_cast<size_t>(shape.family)].erase({cell.id(), number});
  shapes_[number].reset();
  free_.push_back(number);
}

void AreaIndex::Put(uint32_t owner, const std::vector<Geometry>& areas) {
  if (owner >= shapes_of_owner_.size()) shapes_of_owner_.resize(owner + 1);
  std::vector<ShapeNumber>& mine = shapes_of_owner_[owner];
  for (const ShapeNumber number : mine) Remove(number);
  mine.clear();
  for (const Geometry& area : areas) {
    std::optional<Form> form = FormOf(area);
    if (!form) continue;
    std::vector<S2CellId> cells = Cover(*form, S1ChordAngle::Zero(), kCellsOfShape);
    const int family = FamilyOf(area.datum());
    ShapeNumber number = static_cast<ShapeNumber>(shapes_.size());
    if (free_.empty()) {
      shapes_.emplace_back();
    } else {
      number = free_.back();
      free_.pop_back();
    }
    for (const S2CellId cell : cells) cells_[static_cast<size_t>(family)].emplace(cell.id(), number);
    const S2CellId some = CellIn(*form);
    const S2LatLngRect bound = BoundOf(*form);
    shapes_[number] = std::make_unique<Shape>(Shape{owner, family, std::move(*form), std::move(cells), some, bound});
    mine.push_back(number);
  }
}

std::vector<AreaHit> AreaIndex::Find(const Geometry& question) const {
  const std::optional<Form> form = FormOf(question);
  if (!form) return {};
  std::vector<AreaHit> hits;
  // What has a point well inside the question, or lies outside its bounds, needs no exact comparison, which takes a
  // hundred times as long.
  const S2CellUnion inside = Inside(*form);
  for (int family = 0; family < kFamilies; ++family) {
    const auto& cells = cells_[static_cast<size_t>(family)];
    if (cells.empty()) continue;
    const bool same_family = family == FamilyOf(question.datum());
    const S1ChordAngle limit = LimitOf(*form, same_family);
    const S2LatLngRect bound = BoundOf(*form).ExpandedByDistance(limit.ToAngle());
    std::vector<ShapeNumber> candidates;
    for (const S2CellId cell : Cover(*form, limit, kCellsOfQuestion)) {
      for (auto at = cells.lower_bound({cell.range_min().id(), 0});
           at != cells.end() && at->first <= cell.range_max().id(); ++at) {
        candidates.push_back(at->second);
      }
      for (S2CellId around = cell; !around.is_face();) {
        around = around.parent();
        for (auto at = cells.lower_bound({around.id(), 0}); at != cells.end() && at->first == around.id(); ++at) {
          candidates.push_back(at->second);
        }
      }
    }
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    for (const ShapeNumber number : candidates) {
      const Shape& shape = *shapes_[number];
      if (!bound.Intersects(shape.bound)) continue;
      if (inside.Contains(shape.some) || HasCornerIn(shape.form, *form) || Near(shape.form, *form, limit))
        hits.push_back({shape.owner, !same_family});
    }
  }
  return OnePerOwner(std::move(hits));
}

std::vector<AreaHit> AreaIndex::CompareAll(const Geometry& question) const {
  const std::optional<Form> form = FormOf(question);
  if (!form) return {};
  std::vector<AreaHit> hits;
  for (const std::unique_ptr<Shape>& shape : shapes_) {
    if (shape == nullptr) continue;
    const bool same_family = shape->family == FamilyOf(question.datum());
    if (Near(shape->form, *form, LimitOf(*form, same_family))) hits.push_back({shape->owner, !same_family});
  }
  return OnePerOwner(std::move(hits));
}

}  // namespace gi::search
