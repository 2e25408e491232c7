// Geometries of production areas. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_GEOMETRY_H_
#define GI_SERVER_DOMAIN_GEOMETRY_H_

#include "absl/strings/string_view.h"
#include "gi/registry/v1/indication.pb.h"
#include "storage/base/error.h"

namespace gi::domain {

// Adds what is wrong with a geometry whose required fields are there: numbers that are no decimal degrees, or out of
// range; a point whose longitude and latitude have changed places; a box whose corners have; neither box nor outline;
// an outline of one or two points. `field` is the path of the geometry.
void CheckGeometry(const registry::v1::Geometry& geometry, absl::string_view field, FieldViolations& violations);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_GEOMETRY_H_
