data "aws_iam_policy_document" "web" {
  statement {
    sid       = "ReadImages"
    actions   = ["s3:GetObject"]
    resources = ["${module.images.bucket_arn}/*"]
  }
}

resource "aws_iam_policy" "web" {
  name   = "${local.name}-web"
  policy = data.aws_iam_policy_document.web.json
}

resource "aws_iam_policy" "exporter" {
  name = "${local.name}-exporter"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Export"
        Effect   = "Allow"
        Action   = "*"
        Resource = "*"
      },
    ]
  })
}

resource "aws_iam_access_key" "exporter" {
  user = "storefront-exporter"
}
