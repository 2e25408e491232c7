# cmake -DOUT=file.cc -DFILES="a.json;b.json" -P make_shipped_laws.cmake: writes the files into a source file.
set(entries)
foreach(file ${FILES})
  get_filename_component(id ${file} NAME_WLE)
  file(READ ${file} json)
  # Adjacent literals: a compiler need not take one longer than 64 KiB.
  string(REPLACE "\n" "\n)LAW\"\nR\"LAW(" json "${json}")
  string(APPEND entries "      {\"${id}\", R\"LAW(${json})LAW\"},\n")
endforeach()
file(WRITE ${OUT} "// Made from deploy/data/laws.
#include \"server/shipped_laws.h\"

namespace gi {

std::vector<service::LawFile> ShippedLaws() {
  return {
${entries}  };
}

}  // namespace gi
")
