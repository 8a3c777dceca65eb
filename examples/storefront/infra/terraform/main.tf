locals {
  name = "storefront-${var.environment}"

  tags = {
    Service     = "storefront"
    Environment = var.environment
    Owner       = "storefront"
  }
}

resource "aws_kms_key" "data" {
  description             = "Customer data of ${local.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

module "images" {
  source = "./modules/bucket"

  name        = "${local.name}-images"
  kms_key_arn = aws_kms_key.data.arn
}

module "exports" {
  source = "./modules/bucket"

  name          = "${local.name}-exports"
  kms_key_arn   = aws_kms_key.data.arn
  versioned     = false
  block_public  = false
  force_destroy = true
}

resource "aws_s3_bucket" "legacy_assets" {
  bucket = "harrowvale-assets"
}

resource "aws_s3_bucket_acl" "legacy_assets" {
  bucket = aws_s3_bucket.legacy_assets.id
  acl    = "public-read"
}

module "cdn" {
  source = "git::https://github.com/harrowvale/terraform-modules.git//cdn"

  name   = local.name
  bucket = module.images.bucket_id
}
