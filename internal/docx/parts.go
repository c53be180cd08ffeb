package docx

import (
	"fmt"
	"strings"

	"yanming/internal/markup"
)

const (
	declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	office      = "http://schemas.openxmlformats.org/officeDocument/2006/"
	namespaces  = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="` + office + `relationships"`
	packageNS   = "http://schemas.openxmlformats.org/package/2006/"
	wordType    = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// rel is a part of the document that another points to.
type rel struct{ id, kind, name, content string }

// parts returns every file of the package, in a fixed order.
func parts(w *writer, mark, title string) []part {
	rels := []rel{
		{"rIdStyles", "styles", "styles.xml", wordType + "styles+xml"},
		{"rIdSettings", "settings", "settings.xml", wordType + "settings+xml"},
		{"rIdFonts", "fontTable", "fontTable.xml", wordType + "fontTable+xml"},
		{"rIdOdd", "footer", "footer1.xml", wordType + "footer+xml"},
		{"rIdEven", "footer", "footer2.xml", wordType + "footer+xml"},
	}
	files := map[string]string{
		"styles.xml":    styles(),
		"settings.xml":  settings,
		"fontTable.xml": fontTable(),
		"footer1.xml":   footer("right"),
		"footer2.xml":   footer("left"),
	}
	if mark != "" {
		for i, id := range []string{"rIdMarkOdd", "rIdMarkEven"} {
			name := fmt.Sprintf("header%d.xml", i+1)
			rels = append(rels, rel{id, "header", name, wordType + "header+xml"})
			files[name] = header(mark)
		}
	}

	types := declaration + `<Types xmlns="` + packageNS + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`
	types += `<Override PartName="/word/document.xml" ContentType="` + wordType + `document.main+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>`
	links := declaration + `<Relationships xmlns="` + packageNS + `relationships">`
	out := []part{
		{"[Content_Types].xml", nil},
		{"_rels/.rels", []byte(declaration + `<Relationships xmlns="` + packageNS + `relationships"><Relationship Id="rId1" Type="` + office + `relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="` + packageNS + `relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`)},
		{"docProps/core.xml", []byte(declaration + `<cp:coreProperties xmlns:cp="` + packageNS + `metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + markup.Escape(title) + `</dc:title><dc:language>zh-CN</dc:language></cp:coreProperties>`)},
		{"word/document.xml", []byte(declaration + `<w:document ` + namespaces + `><w:body>` + w.b.String() + section(mark != "") + `</w:body></w:document>`)},
		{"word/_rels/document.xml.rels", nil},
	}
	for _, r := range rels {
		types += `<Override PartName="/word/` + r.name + `" ContentType="` + r.content + `"/>`
		links += `<Relationship Id="` + r.id + `" Type="` + office + `relationships/` + r.kind + `" Target="` + r.name + `"/>`
		out = append(out, part{"word/" + r.name, []byte(declaration + files[r.name])})
	}
	out[0].data = []byte(types + `</Types>`)
	out[4].data = []byte(links + `</Relationships>`)
	return out
}

// section is the page: A4, its margins, header and footer, and 22 lines of the grid. The grid is "lines" alone:
// "linesAndChars" makes LibreOffice spread the characters.
func section(marked bool) string {
	s := `<w:sectPr>`
	if marked {
		s += `<w:headerReference w:type="default" r:id="rIdMarkOdd"/><w:headerReference w:type="even" r:id="rIdMarkEven"/>`
	}
	const foot = marginBottom - 397 - 320 // the page number's upper edge stands 7 mm below the text, its line is 16 pt
	return s + fmt.Sprintf(`<w:footerReference w:type="default" r:id="rIdOdd"/><w:footerReference w:type="even" r:id="rIdEven"/>`+
		`<w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="%d" w:gutter="0"/>`+
		`<w:cols w:space="425"/><w:docGrid w:type="lines" w:linePitch="%d"/></w:sectPr>`,
		pageW, pageH, marginTop, marginRight, marginBottom, marginLeft, foot, pitch)
}

// settings: sheets are printed on both sides, so margins mirror and page numbers stand outside.
const settings = `<w:settings ` + namespaces + `><w:zoom w:percent="100"/><w:mirrorMargins/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/>` +
	`<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`

// footer is the page number "— 1 —" in 宋体 14 pt, one character from the outer edge.
func footer(side string) string {
	rpr := `<w:rPr>` + fonts(songti) + `<w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr>`
	return `<w:ftr ` + namespaces + `><w:p><w:pPr><w:pStyle w:val="Footer"/>` + fmt.Sprintf(`<w:ind w:%s="%d"/><w:jc w:val="%s"/>`, side, small, side) + `</w:pPr>` +
		`<w:r>` + rpr + `<w:t xml:space="preserve">— </w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r>` + rpr + `<w:t>1</w:t></w:r></w:fldSimple>` +
		`<w:r>` + rpr + `<w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>`
}

func header(mark string) string {
	return `<w:hdr ` + namespaces + `><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr><w:r><w:t xml:space="preserve">` + markup.Escape(mark) + `</w:t></w:r></w:p></w:hdr>`
}

// fontTable names substitutes for machines that lack a font, the nearest first.
func fontTable() string {
	s := `<w:fonts ` + namespaces + `>`
	for _, f := range []struct{ name, alt string }{
		{fangsong, "仿宋,FangSong,STFangsong,FZFangSong-Z02S,Noto Serif CJK SC"},
		{kaiti, "楷体,KaiTi,STKaiti,FZKai-Z03S,Noto Serif CJK SC"},
		{heiti, "SimHei,STHeiti,Noto Sans CJK SC"},
		{biaosong, "FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,宋体,Noto Serif CJK SC"},
		{songti, "SimSun,STSong,Noto Serif CJK SC"},
	} {
		s += `<w:font w:name="` + f.name + `"><w:altName w:val="` + f.alt + `"/><w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="default"/></w:font>`
	}
	return s + `</w:fonts>`
}

// styles: the defaults are 仿宋 16 pt on an exact pitch; every other style says what differs.
func styles() string {
	var b strings.Builder
	size := func(pt int) string { return fmt.Sprintf(`<w:sz w:val="%[1]d"/><w:szCs w:val="%[1]d"/>`, 2*pt) }
	line := func(twips int) string { return fmt.Sprintf(`<w:spacing w:line="%d" w:lineRule="exact"/>`, twips) }
	indent := fmt.Sprintf(`<w:ind w:firstLineChars="200" w:firstLine="%d"/>`, 2*char)
	b.WriteString(`<w:styles ` + namespaces + `><w:docDefaults><w:rPrDefault><w:rPr>` + fonts(fangsong) + size(16) + `<w:lang w:val="zh-CN" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault><w:pPr><w:widowControl w:val="0"/>` + line(pitch) + `</w:pPr></w:pPrDefault></w:docDefaults>`)
	b.WriteString(`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:jc w:val="both"/></w:pPr></w:style>`)
	add := func(id, name, ppr, rpr string) {
		b.WriteString(`<w:style w:type="paragraph" w:styleId="` + id + `"><w:name w:val="` + name + `"/><w:basedOn w:val="Normal"/><w:qFormat/>`)
		if ppr != "" {
			b.WriteString(`<w:pPr>` + ppr + `</w:pPr>`)
		}
		if rpr != "" {
			b.WriteString(`<w:rPr>` + rpr + `</w:rPr>`)
		}
		b.WriteString(`</w:style>`)
	}
	centred := `<w:jc w:val="center"/>`
	outline := func(n int) string { return fmt.Sprintf(`<w:outlineLvl w:val="%d"/>`, n) }
	add("Body", "Body Text", indent, "")
	add("Flush", "Flush", "", "")
	add("Agency", "Agency", `<w:spacing w:line="240" w:lineRule="auto"/>`+centred, fonts(biaosong)+`<w:color w:val="`+red+`"/>`)
	add("Title", "Title", `<w:keepNext/>`+centred, fonts(biaosong)+size(22))
	add("Heading1", "heading 1", `<w:keepNext/>`+indent+outline(0), fonts(heiti))
	add("Heading2", "heading 2", `<w:keepNext/>`+indent+outline(1), fonts(kaiti))
	add("Heading3", "heading 3", `<w:keepNext/>`+indent+outline(2), "")
	add("Heading4", "heading 4", `<w:keepNext/>`+indent+outline(3), "")
	add("FormLine", "Form Line", line(500), size(14))
	add("Caption", "caption", line(500)+centred, fonts(heiti)+size(14))
	add("Cell", "Cell", line(440)+`<w:jc w:val="left"/>`, size(14))
	add("CellHead", "Cell Head", line(440)+centred, fonts(heiti)+size(14))
	add("CellSmall", "Cell Small", line(380)+`<w:jc w:val="left"/>`, size(12))
	add("CellSmallHead", "Cell Small Head", line(380)+centred, fonts(heiti)+size(12))
	add("Imprint", "Imprint", line(500), size(14))
	add("Tiny", "Tiny", line(20), `<w:sz w:val="2"/><w:szCs w:val="2"/>`)
	add("Header", "header", line(400)+centred, fonts(heiti)+`<w:color w:val="`+red+`"/>`)
	add("Footer", "footer", line(320), "")
	b.WriteString(`</w:styles>`)
	return b.String()
}
