# cmake -DOUT=file.cc -DFILES="a.textproto;…" -P make_shipped_mappings.cmake: writes the files into a source file.
set(entries)
foreach(file ${FILES})
  file(READ ${file} text)
  # Brackets and semicolons mean something to cmake's lists.
  string(APPEND entries "      R\"MAP(${text})MAP\",\n")
endforeach()
file(WRITE ${OUT} "// Made from client/sheet/mappings.
#include \"client/sheet/mapping.h\"

namespace gi::client::sheet {

std::vector<std::string> ShippedMappingTexts() {
  return {
${entries}  };
}

}  // namespace gi::client::sheet
")
