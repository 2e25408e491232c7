#include "client/sheet/workbook.h"

#include <algorithm>
#include <fstream>
#include <mutex>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cpl_conv.h"
#include "cpl_vsi.h"
#include "gdal_priv.h"
#include "ogrsf_frmts.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

constexpr char kMagic[] = "PK\x03\x04";
constexpr char kOldMagic[] = "\xD0\xCF\x11\xE0";

// The library's reading of cells as typed columns with a head is not ours: heads are found by TableReader.
void PrepareLibrary() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const char* format : {"XLSX", "ODS"}) {
      CPLSetConfigOption(absl::StrCat("OGR_", format, "_HEADERS").c_str(), "DISABLE");
      CPLSetConfigOption(absl::StrCat("OGR_", format, "_FIELD_TYPES").c_str(), "STRING");
      CPLSetConfigOption(absl::StrCat("OGR_", format, "_MAX_FIELD_COUNT").c_str(), absl::StrCat(kMaxColumns).c_str());
    }
    RegisterOGRXLSX();
    RegisterOGRODS();
  });
}

absl::Status Damaged() {
  const std::string detail = Excerpt(CPLGetLastErrorMsg(), 200);
  return absl::InvalidArgumentError(absl::StrCat(
      "is a damaged workbook, or one of another kind", detail.empty() ? "" : " (", detail, detail.empty() ? "" : ")",
      ": open it in a spreadsheet program and save it as XLSX, or as \"CSV UTF-8\""));
}

// The kind of workbook by what is in the archive; how large that is comes from its directory, before anything is
// unpacked.
absl::StatusOr<std::string> FormatOf(const std::string& path) {
  const std::string root = absl::StrCat("/vsizip/{", path, "}");
  char** names = VSIReadDirRecursive(root.c_str());
  int64_t bytes = 0;
  std::string format;
  for (char** name = names; name != nullptr && *name != nullptr; ++name) {
    VSIStatBufL entry;
    if (VSIStatL(absl::StrCat(root, "/", *name).c_str(), &entry) == 0 && entry.st_size > 0) {
      bytes += std::min<int64_t>(entry.st_size, kMaxWorkbookBytes + 1);
    }
    if (absl::string_view(*name) == "xl/workbook.xml") format = "XLSX";
    if (absl::string_view(*name) == "content.xml") format = "ODS";
  }
  CSLDestroy(names);
  if (format.empty()) return Damaged();
  if (bytes > kMaxWorkbookBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("is a workbook of more than ", kMaxWorkbookBytes >> 20,
                     " MiB when unpacked: save the sheet as \"CSV UTF-8\" and import that"));
  }
  return format;
}

// Reads all that is in the archive once: its check sums show damage that its XML need not show.
bool IsWhole(const std::string& path) {
  const std::string root = absl::StrCat("/vsizip/{", path, "}");
  char** names = VSIReadDirRecursive(root.c_str());
  std::vector<char> block(1 << 16);
  bool whole = true;
  for (char** name = names; whole && name != nullptr && *name != nullptr; ++name) {
    const std::string entry = absl::StrCat(root, "/", *name);
    VSIStatBufL found;
    if (VSIStatL(entry.c_str(), &found) != 0 || VSI_ISDIR(found.st_mode)) continue;
    VSILFILE* file = VSIFOpenL(entry.c_str(), "rb");
    int64_t bytes = 0;
    for (size_t read = 1; file != nullptr && read > 0;) {
      read = VSIFReadL(block.data(), 1, block.size(), file);
      bytes += static_cast<int64_t>(read);
    }
    whole = file != nullptr && bytes == found.st_size && CPLGetLastErrorType() < CE_Failure;
    if (file != nullptr) VSIFCloseL(file);
  }
  CSLDestroy(names);
  return whole;
}

class LayerRows final : public RowSource {
 public:
  explicit LayerRows(OGRLayer& layer) : layer_(layer) { layer_.ResetReading(); }

  absl::StatusOr<bool> Next(SheetRow& row) override {
    CPLErrorReset();
    while (const OGRFeatureUniquePtr feature{layer_.GetNextFeature()}) {
      row = {};
      row.line = static_cast<int64_t>(feature->GetFID());
      size_t bytes = 0;
      for (int i = 0; i < feature->GetFieldCount(); ++i) {
        const char* text = feature->IsFieldSetAndNotNull(i) ? feature->GetFieldAsString(i) : "";
        if (!IsValidUtf8(text)) return Damaged();
        row.cells.push_back(NormalizeText(text));
        bytes += row.cells.back().size();
      }
      while (!row.cells.empty() && row.cells.back().empty()) row.cells.pop_back();
      if (row.cells.empty()) continue;
      if (bytes > kMaxRowBytes) {
        row.cells.resize(1);
        row.problem = {"此行过长", "the row is too long"};
      }
      return true;
    }
    if (CPLGetLastErrorType() >= CE_Failure) return Damaged();
    return false;
  }

 private:
  OGRLayer& layer_;
};

class OgrWorkbook final : public Workbook {
 public:
  explicit OgrWorkbook(GDALDatasetUniquePtr data) : data_(std::move(data)) {}

  std::vector<std::string> sheets() const override {
    std::vector<std::string> names;
    for (OGRLayer* layer : data_->GetLayers()) names.emplace_back(layer->GetName());
    return names;
  }
  std::unique_ptr<RowSource> Rows(size_t sheet) override {
    return std::make_unique<LayerRows>(*data_->GetLayer(static_cast<int>(sheet)));
  }
  int64_t CountRows(size_t sheet) override {
    return static_cast<int64_t>(data_->GetLayer(static_cast<int>(sheet))->GetFeatureCount());
  }

 private:
  GDALDatasetUniquePtr data_;
};

}  // namespace

bool LooksLikeWorkbook(absl::string_view beginning) {
  return absl::StartsWith(beginning, kMagic) || absl::StartsWith(beginning, kOldMagic);
}

absl::StatusOr<std::unique_ptr<Workbook>> Workbook::Open(const std::string& path) {
  char beginning[sizeof(kOldMagic) - 1] = {};
  std::ifstream(path, std::ios::binary).read(beginning, sizeof(beginning));
  if (absl::string_view(beginning, sizeof(beginning)) == kOldMagic) {
    return absl::InvalidArgumentError(
        "is a workbook of the older kind (XLS), or one with a password: save it as XLSX without a password, or as "
        "\"CSV UTF-8\"");
  }
  PrepareLibrary();
  // What the library says on its own would go to the terminal.
  CPLPushErrorHandler(CPLQuietErrorHandler);
  CPLErrorReset();
  const absl::StatusOr<std::string> format = FormatOf(path);
  GDALDatasetUniquePtr data;
  if (format.ok() && IsWhole(path)) {
    const char* const drivers[] = {format->c_str(), nullptr};
    data.reset(GDALDataset::Open(path.c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers));
    if (data == nullptr) {
      // Of a file with another extension the kind has to be said.
      data.reset(
          GDALDataset::Open(absl::StrCat(*format, ":", path).c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers));
    }
    // Sheets are read when their rows are counted; then it shows whether they can be.
    if (data != nullptr) CPLErrorReset();
    bool readable = data != nullptr && data->GetLayerCount() > 0;
    for (int i = 0; readable && i < data->GetLayerCount(); ++i) {
      data->GetLayer(i)->GetFeatureCount();
      readable = CPLGetLastErrorType() < CE_Failure;
    }
    if (!readable) data.reset();
  }
  CPLPopErrorHandler();
  RETURN_IF_ERROR(format.status());
  if (data == nullptr) return Damaged();
  return std::make_unique<OgrWorkbook>(std::move(data));
}

}  // namespace gi::client::sheet
