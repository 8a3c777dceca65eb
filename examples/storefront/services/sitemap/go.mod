module github.com/harrowvale/storefront/services/sitemap

go 1.23.3

require github.com/harrowvale/catalogue-client v0.12.0

replace github.com/harrowvale/catalogue-client => ../../../catalogue/client
