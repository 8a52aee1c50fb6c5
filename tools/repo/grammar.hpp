// The grammars of MANIFEST.xml and of the files below galaxies/, written from the table of entity types.
#pragma once

#include <string>

namespace tk::tools::repo_tool {

std::string relax_ng();    // https://relaxng.org/spec-20011203.html, XML syntax, with XSD's datatypes
std::string xml_schema();  // https://www.w3.org/TR/xmlschema-1/

}  // namespace tk::tools::repo_tool
