// Command sitemap writes the shop's sitemap.xml from the catalogue.
package main

import (
	"encoding/xml"
	"flag"
	"log"
	"os"

	"github.com/harrowvale/catalogue-client/catalogue"
)

type entry struct {
	Loc string `xml:"loc"`
}

type urlset struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []entry  `xml:"url"`
}

func main() {
	base := flag.String("base", "", "the shop's address")
	out := flag.String("out", "sitemap.xml", "where to write")
	flag.Parse()

	var set urlset
	for _, product := range catalogue.Products() {
		set.URLs = append(set.URLs, entry{Loc: *base + "/p/" + product.Slug})
	}
	text, err := xml.MarshalIndent(set, "", "  ")
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*out, append([]byte(xml.Header), text...), 0o644); err != nil {
		log.Fatal(err)
	}
}
