// Geometries of production areas. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_GEOMETRY_H_
#define GI_SERVER_DOMAIN_GEOMETRY_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "gi/registry/v1/geometry.pb.h"
#include "storage/base/error.h"

namespace gi::domain {

// Adds what is wrong with a geometry whose required fields are there: numbers that are no decimal degrees, or out of
// range; a point whose longitude and latitude have changed places; a box whose corners have; neither box nor outline
// nor point; an outline of one or two points, or whose sides cross or touch each other. `field` is the path of the
// geometry.
void CheckGeometry(const registry::v1::Geometry& geometry, absl::string_view field, FieldViolations& violations);

// Adds GEOMETRY_OUT_OF_AREA for the first point of a geometry that lies outside the box of `extent`. What CheckGeometry
// refuses is passed over. Both are compared as written: datums differ by less than an extent has to spare.
void CheckWithinExtent(const registry::v1::Geometry& geometry, const registry::v1::Geometry& extent,
                       absl::string_view field, FieldViolations& violations);

struct Degrees {
  double longitude;
  double latitude;
};
// nullopt for what CheckGeometry refuses.
std::optional<Degrees> ToDegrees(const registry::v1::Point& point);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_GEOMETRY_H_
