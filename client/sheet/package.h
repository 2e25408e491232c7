// The archive that a workbook is (ZIP), and the XML in its parts.
#ifndef GI_CLIENT_SHEET_PACKAGE_H_
#define GI_CLIENT_SHEET_PACKAGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct zip;

namespace gi::client::sheet {

// INVALID_ARGUMENT with a remedy. `detail`: what shows it; empty: nothing to tell.
absl::Status DamagedWorkbook(absl::string_view detail);

// Attributes of an element, by their names without prefix; "" for one that is not there. The first of a name counts.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char* const* pairs) : pairs_(pairs) {}
  absl::string_view operator[](absl::string_view name) const;

 private:
  const char* const* pairs_;
};

// What a part says, as it is read. Names are those of elements without prefix.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual void OnStart(absl::string_view name, const XmlAttributes& attributes) = 0;
  virtual void OnEnd(absl::string_view name) = 0;
  // In pieces.
  virtual void OnText(absl::string_view text) = 0;
  // An error ends reading.
  virtual absl::Status status() const = 0;
};

class XmlPart;

// Belongs to one thread.
class Package {
 public:
  // Reads all that is in the archive once: its check sums show damage that its XML need not show. INVALID_ARGUMENT for
  // what is damaged, is none, or is larger than `max_bytes` when unpacked; that is known before anything is.
  static absl::StatusOr<std::unique_ptr<Package>> Open(const std::string& path, int64_t max_bytes);
  ~Package();

  // Whatever the case of its letters.
  bool Has(const std::string& name) const;
  // Begins to read a part; the package and the handler must outlive it. INVALID_ARGUMENT if it is not there.
  absl::StatusOr<std::unique_ptr<XmlPart>> Read(const std::string& name, XmlHandler& handler) const;
  // Reads a whole part.
  absl::Status ReadAll(const std::string& name, XmlHandler& handler) const;

 private:
  explicit Package(zip* archive) : archive_(archive) {}
  absl::Status CheckWhole(int64_t max_bytes) const;

  zip* archive_;
};

class XmlPart {
 public:
  virtual ~XmlPart() = default;
  // Tells the handler of some more; false at the end. INVALID_ARGUMENT for what is no XML, or has a document type:
  // workbooks have none, and attacks do.
  virtual absl::StatusOr<bool> Next() = 0;
};

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_PACKAGE_H_
